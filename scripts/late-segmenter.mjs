// In the bundle this stands for Intl.Segmenter. Packages make one as soon as they are read, and Node loads Unicode's
// rules for the first: it is made when a text is first cut, which no screen of plain letters needs.
const { Segmenter } = globalThis.Intl;

export class LateSegmenter {
  #how;
  #made;

  constructor(...how) {
    this.#how = how;
  }

  segment(text) {
    this.#made ??= new Segmenter(...this.#how);
    return this.#made.segment(text);
  }
}
