import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { initrdFindings } from '../source/boot/initrd-verdict.ts';
import { kernelFacts, kernelFindings } from '../source/boot/kernel-verdict.ts';
import { lastBoot } from '../source/boot/last-boot.ts';
import { lineAsBooted, lineWordFindings } from '../source/boot/methods/eliloader-line.ts';
import { pygrubFindings } from '../source/boot/pygrub/choice.ts';
import { diskConfigFindings } from '../source/boot/pygrub/disk-config.ts';
import { sameArguments, splitKernelLine } from '../source/fai/kernel-line.ts';
import { parseMonitorLine } from '../source/fai/monitor-message.ts';
import { validateLine } from '../source/fai/validate.ts';
import { arMembers, type ReadAt } from '../source/formats/ar.ts';
import { compressionOf } from '../source/formats/compression.ts';
import { CpioReader } from '../source/formats/cpio.ts';
import { openDeb } from '../source/formats/deb.ts';
import { initrdFormat } from '../source/formats/initrd.ts';
import { isoFiles } from '../source/formats/iso9660.ts';
import { readInitrd } from '../source/formats/read-initrd.ts';
import { scanPackages } from '../source/repository/archive/packages.ts';
import { readRelease, releaseFindings } from '../source/repository/archive/release.ts';
import { cpio } from '../source/simulator/depot/initrd-image.ts';
import { kernelImage } from '../source/simulator/depot/kernel-image.ts';
import { depotPackages } from '../source/simulator/depot/packages.ts';
import { depotFiles } from '../source/simulator/depot/server.ts';
import { ResponseReader } from '../source/xapi/decode.ts';
import { jsonRpc } from '../source/xapi/json-rpc.ts';
import { vmTable } from '../source/xapi/records.ts';
import { wantedOfReply } from '../source/xapi/wanted.ts';
import { isoSample } from './iso-sample.ts';

/** A reader of bytes from outside. */
export interface ByteParser {
  readonly name: string;
  /** Whole and right: what is thrown at it is made of these. */
  readonly samples: readonly (Buffer | string)[];
  readonly read: (bytes: Buffer) => unknown;
  /** It says what is wrong by an Error; else it throws nothing at all. */
  readonly refuses: boolean;
}

const signal = new AbortController().signal;
const old = { major: 3, minor: 4 };
const young = { major: 4, minor: 17 };
const there = (): null => null;

const inMemory =
  (data: Buffer): ReadAt =>
  (offset, length) =>
    Promise.resolve(data.subarray(Math.max(0, offset), Math.max(0, offset) + Math.max(0, length)));

/** In pieces of sizes that depend on what they hold, as a network brings them. */
async function* pieces(data: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0, size = 0; at < data.length; at += size) {
    size = 1 + (data[at] ?? 0) * 3;
    yield data.subarray(at, at + size);
  }
}

const recorded = (name: string): string[] =>
  readFileSync(new URL(`../test/simulator/recorded/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).reply));

/** Small ones: the shorter a sample, the more of the changes meet what is looked at. */
const replies = recorded('records-and-classes').filter(
  (reply) => reply.includes('<methodResponse>') && reply.length < 4000,
);

function reply(bytes: Buffer): void {
  const reader = new ResponseReader((bytes[0] ?? 0) % 2 === 0 ? wantedOfReply(vmTable) : undefined);
  const text = bytes.toString('utf8');
  for (let at = 0, size = 0; at < text.length; at += size) {
    size = 1 + (text.charCodeAt(at) % 97) * 7;
    reader.write(text.slice(at, at + size));
  }
  reader.end();
}

/** Of 8.3 and of 7.2, by their two versions of JSON-RPC. */
const jsonReplies = [
  '{"jsonrpc":"2.0","result":{"OpaqueRef:1":{"uuid":"u","name_label":"a \\"b\\" \\u00e4","VBDs":["OpaqueRef:2"],"other_config":{}}},"id":0}',
  '{"jsonrpc":"2.0","error":{"code":1,"message":"HANDLE_INVALID","data":["VM","OpaqueRef:1"]},"id":0}',
  '{"result":null,"error":["SESSION_INVALID","OpaqueRef:1"],"id":0}',
];

function jsonReply(bytes: Buffer): void {
  const reader = jsonRpc.reader(vmTable);
  reader.write(bytes.toString('utf8'));
  reader.end();
}

const files = depotFiles();
const fileNamed = (end: string): Buffer => [...files].find(([name]) => name.endsWith(end))?.[1] ?? Buffer.alloc(0);
const version = '2.6.32-4-686-bigmem';
const tree = cpio({ init: '#!/bin/sh', [`lib/modules/${version}/xen-netfront.ko`]: 'x', 'scripts/live': 'y' });
const packed = gzipSync(tree);
const line =
  'quiet console=hvc0 root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live ip=dhcp FAI_FLAGS=verbose,sshd FAI_ACTION=install';
const sexpr = `('struct' ('uuid' 'u') ('is_a_template' ('boolean' '0')) ('VBDs' ('array' 'OpaqueRef:4')) ('PV_bootloader' 'pygrub') ('other_config' ('struct' ('k' 'a \\'b\\'') ('mac_seed' ''))))`;
const menuLst =
  'default 0\ntimeout 5\ntitle Debian\nroot (hd0,0)\nkernel /boot/vmlinuz root=/dev/xvda1 ro\ninitrd /boot/initrd.img\ntitle Other\nkernel /x\n';
const grubCfg =
  'set default="0"\nif [ x ]; then\nset root=(hd0,1)\nfi\nmenuentry "Debian" --class a {\nlinux /boot/vmlinuz root=/dev/xvda1\ninitrd /boot/initrd.img\n}\nsubmenu "More" {\nmenuentry \'B\' {\nlinux /b\n}\n}\n';

function loaderLine(bytes: Buffer): void {
  const [args = '', more = '', legacy = '', ...words] = bytes.toString('latin1').split('|');
  const record = {
    PV_args: args,
    PV_bootloader_args: more,
    PV_legacy_args: legacy,
    other_config: { 'install-args': words.join() },
  };
  for (const loader of [2010, 2016] as const) {
    lineAsBooted(record, loader);
    lineWordFindings(record, loader);
  }
}

function kernelLines(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  splitKernelLine(text);
  sameArguments(text, line);
  validateLine(text);
}

function menus(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  for (const xen of [old, young]) {
    pygrubFindings({ menuLst: text, grubCfg: null }, xen, there);
    pygrubFindings({ menuLst: null, grubCfg: text }, xen, there);
  }
}

function release(bytes: Buffer): void {
  const file = readRelease(bytes.toString('utf8'));
  if (file !== null) releaseFindings(file, { release: 'lenny', arch: 'i386' }, new Date(0));
}

const refusing = (name: string, samples: ByteParser['samples'], read: ByteParser['read']): ByteParser => ({
  ...{ name, samples, read },
  refuses: true,
});
const silent = (name: string, samples: ByteParser['samples'], read: ByteParser['read']): ByteParser => ({
  ...{ name, samples, read },
  refuses: false,
});

/** Every reader of bytes that come from outside. */
export const byteParsers: readonly ByteParser[] = [
  refusing('reply', replies, reply),
  refusing('json-reply', jsonReplies, jsonReply),
  silent('release', [fileNamed('/Release')], release),
  silent('packages', [fileNamed('i386/Packages')], (bytes) => scanPackages(pieces(bytes))),
  silent('cpio', [tree, Buffer.concat([tree, Buffer.alloc(512), tree])], (bytes) =>
    new CpioReader({ onEntry: () => {}, wanted: () => true, onData: () => {} }).push(bytes),
  ),
  silent('initrd', [packed, tree, Buffer.concat([tree, packed])], async (bytes) =>
    initrdFindings(await readInitrd(pieces(bytes), signal), version),
  ),
  silent(
    'ar',
    depotPackages().map(({ data }) => data),
    (bytes) => arMembers(inMemory(bytes)),
  ),
  refusing(
    'deb',
    depotPackages().map(({ data }) => data),
    async (bytes) => (await openDeb(inMemory(bytes), signal)).files('boot/', () => true, 100_000),
  ),
  silent('iso', [isoSample()], (bytes) => isoFiles(inMemory(bytes))),
  silent(
    'kernel',
    [kernelImage({ arch: 'i386', version }), kernelImage({ arch: 'amd64', version, raw: true })],
    (bytes) => kernelFindings(kernelFacts(bytes), old, 'i386'),
  ),
  silent('heads', [packed.subarray(0, 40), tree.subarray(0, 40)], (bytes) => [
    compressionOf(bytes),
    initrdFormat(bytes),
  ]),
  silent('loader-line', [`${line}|--args="a b" -q|console=tty0|x`], loaderLine),
  silent('kernel-line', [line, `root=10.1.1.6:/srv/fai rootovl ip=eth0:dhcp FAI_CONFIG_SRC=nfs://a/b`], kernelLines),
  silent('boot-menu', [menuLst, grubCfg], menus),
  silent(
    'disk-config',
    ['disk_config disk1 bootable:1\nprimary / 4G- ext3 rw,noatime\nlogical swap 512 swap sw\n'],
    (bytes) => diskConfigFindings(bytes.toString('utf8'), old),
  ),
  silent('message', ['vm03 TASKBEGIN instsoft\n', 'vm03 TASKEND instsoft 0\n', 'vm03 HOOK x.y\r\n'], (bytes) =>
    parseMonitorLine(bytes.toString('utf8')),
  ),
  silent(
    'boot-record',
    [sexpr, '<value><struct><member><name>uuid</name><value>u</value></member></struct></value>'],
    (bytes) => lastBoot(bytes.toString('utf8'), 'u'),
  ),
];
