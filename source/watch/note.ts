/** Something that was seen of a VM besides FAI's messages: when, by this machine's clock, from which source. */
export interface Note {
  readonly at: number;
  /**
   * `xenfai`: a mark that it has left on the VM, from whichever machine; or what it makes of a silence. `port`: it came
   * in on FAI's port in the VM's name, and does not count.
   */
  readonly by: 'record' | 'processor' | 'xenfai' | 'port';
  readonly text: string;
}
