import { shellWord } from '../text/shell.ts';
import { isOfPair } from './place.ts';
import type { StagedFile } from './staged-file.ts';

/** What the script ends with while another run is at work in the same folder (EX_TEMPFAIL of sysexits.h). */
export const busyCode = 75;

/**
 * What runs on the other machine, in any POSIX shell with coreutils, find, grep, cmp and tar; the archive comes on
 * standard input. The same as swap.ts and run-record.ts do here: everything is unpacked, compared and prepared in a
 * folder of this run; the file `swap` in it is the intent; from then on each step is one mv that can be done again by
 * the next run, should this one be killed. Prints "same PATH", "pair PATH" (the same, kept beside the other),
 * "kept PATH" or "new PATH" for each file, and "repaired finished|taken-back|cleared" for each dead run.
 */
export function remoteScript(folder: string, files: readonly StagedFile[]): string {
  const words = (paths: readonly StagedFile[]): string => paths.map(({ path }) => shellWord(path)).join(' ');
  const sums = files.map(({ path, sha256 }) => `${sha256}  ${path}`).join('\n');
  return `set -eu
umask 022
cd -- ${shellWord(folder)}

born() { cut -d' ' -f22 "/proc/$1/stat" 2>/dev/null || :; }
alive() {
  read -r pid machine started 2>/dev/null <"$1/owner" || return 1
  if [ "$machine" != "$(uname -n)" ]; then [ -n "$(find "$1" -prune -mmin -60)" ]; return; fi
  { kill -0 "$pid" 2>/dev/null || [ -d "/proc/$pid" ]; } && [ "$started" = "$(born "$pid")" ]
}
# Two names of one file: GNU mv refuses, and rename keeps both.
over() { if [ "$1" -ef "$2" ]; then rm -f -- "$1"; else mv -f -- "$1" "$2"; fi; }
place_new() {
  while IFS= read -r f; do
    [ ! -e "$1/new/$f" ] || mv -f -- "$1/new/$f" "$f" || return 1
  done <"$1/list"
}
keep_old() {
  while IFS= read -r f; do
    if [ -e "$1/old/$f" ]; then over "$1/old/$f" "$f.bak" || return 1
    elif grep -qxF -- "$f" "$1/half"; then rm -f -- "$f.bak" || return 1; fi
  done <"$1/list"
}
put_back() {
  while IFS= read -r f; do
    if [ -e "$1/old/$f" ]; then over "$1/old/$f" "$f" || return 1
    elif [ ! -e "$1/new/$f" ] && grep -qxF -- "$f" "$1/fresh"; then rm -f -- "$f"; fi
  done <"$1/list"
}
finish() {
  if ! place_new "$1"; then
    mv -f -- "$1/swap" "$1/undo"
    put_back "$1" && clear_run "$1"
    return 1
  fi
  keep_old "$1" && clear_run "$1"
}
clear_run() { rm -f -- "$1/swap" "$1/undo" && rm -rf -- "$1"; }
repair() {
  if [ -e "$1/undo" ]; then put_back "$1"; clear_run "$1"; echo 'repaired taken-back'
  elif [ -e "$1/swap" ]; then finish "$1"; echo 'repaired finished'
  else clear_run "$1"; echo 'repaired cleared'; fi
}

T=$(mktemp -d ./.xenfai-XXXXXX)
end() { code=$?; if [ ! -e "$T/swap" ] && [ ! -e "$T/undo" ]; then rm -rf -- "$T"; fi; exit $code; }
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
echo "$$ $(uname -n) $(born $$)" >"$T/owner"
for d in ./.xenfai-??????; do
  if [ ! -d "$d" ] || [ "$d" = "$T" ]; then continue; fi
  if alive "$d"; then echo "another xenfai is at work there: $d" >&2; exit ${busyCode}; fi
  repair "$d"
done

mkdir "$T/new" "$T/old"
tar -xpf - -C "$T/new"
(cd "$T/new" && sha256sum -c --quiet - >&2) <<'SUMS'
${sums}
SUMS
same() { [ -f "$1" ] && cmp -s -- "$T/new/$1" "$1"; }
pair= other=
for f in ${words(files.filter(({ path }) => isOfPair(path)))}; do
  same "$f" || pair=1
  [ ! -e "$f" ] || other=1
done
: >"$T/list"
: >"$T/fresh"
# There was only its other half before: a .bak of an earlier run would make a mixed pair with that one's.
: >"$T/half"
for f in ${words(files)}; do
  mkdir -p -- "$(dirname -- "$f")" "$(dirname -- "$T/old/$f")"
  if [ -d "$f" ] || [ -d "$f.bak" ]; then echo "$f: a folder is in its place" >&2; exit 1; fi
  chmod 0644 -- "$T/new/$f"
  word=kept
  if same "$f"; then
    word=same
    case $f in dists/*) if [ -n "$pair" ]; then word=pair; fi ;; esac
    rm -f -- "$T/new/$f"
    chmod 0644 -- "$f"
  elif [ ! -e "$f" ]; then
    word=new
    echo "$f" >>"$T/fresh"
    case $f in dists/*) if [ -n "$other" ]; then echo "$f" >>"$T/half"; fi ;; esac
  fi
  case $word in kept | pair) ln -- "$f" "$T/old/$f" 2>/dev/null || cp -p -- "$f" "$T/old/$f" ;; esac
  echo "$f" >>"$T/list"
  echo "$word $f"
done
sync
# Not to be interrupted any more: it is a matter of a few renames.
trap '' HUP INT TERM
: >"$T/swap"
finish "$T"
sync
`;
}
