import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readKernelImage } from '../source/formats/kernel-image.ts';
import { readInitrd } from '../source/formats/read-initrd.ts';
import { lookIntoKernel } from '../source/repository/check.ts';
import { initrdImage } from '../source/simulator/depot/initrd-image.ts';
import { installer } from '../test/real/debian.ts';
import { type BenchmarkRow, inTurn, row } from './measure.ts';

const runs = 5;
const signal = new AbortController().signal;

async function through(program: string, args: readonly string[], file: string): Promise<number> {
  const began = performance.now();
  const child = spawn(program, [...args], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'close');
  await pipeline(createReadStream(file), child.stdin).catch(() => {});
  await ended;
  return performance.now() - began;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Peak memory in MiB of a process that reads one initrd. */
async function peak(file: string): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'read-one-initrd.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return Number(text);
}

/** Looking into the netboot files of Debian 12, 40 MB and 8 MB, against the programs that only unpack them. */
export async function inspecting(): Promise<BenchmarkRow[]> {
  const { kernel, initrd } = installer.amd64;
  if (!existsSync(kernel) || !existsSync(initrd)) {
    console.error('no rows for kernel and initrd: debian-installer-12-netboot-amd64 is not installed');
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-bench-'));
  const data = readFileSync(kernel);
  const image = readKernelImage(data);
  const payload = join(folder, 'payload.xz');
  writeFileSync(payload, image.format === 'bzImage' ? image.payload.subarray(0, -4) : data);
  const small = join(folder, 'small');
  writeFileSync(small, initrdImage('6.1.0'));
  const reading = await inTurn(
    runs,
    () => time(() => readInitrd(createReadStream(initrd, { highWaterMark: 256 * 1024 }), signal)),
    () => through('gzip', ['-t'], initrd),
  );
  const looking = await inTurn(
    runs,
    () => time(() => lookIntoKernel(data, signal)),
    () => through('xz', ['-dc'], payload),
  );
  const memory = await inTurn(
    3,
    () => peak(initrd),
    () => peak(small),
  );
  rmSync(folder, { recursive: true });
  return [
    row('reading a 40 MB initrd to its end', ...reading, 'ms', 'gzip -t'),
    row('looking into an 8 MB kernel', ...looking, 'ms', 'xz -dc of its payload'),
    row('peak memory, 40 MB initrd', ...memory, 'MiB', 'the same with one of 48 kB'),
  ];
}
