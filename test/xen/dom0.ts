import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

/** A dom0 that runs in this machine. `run` gives what a shell line there says; it throws with its errors. */
export interface Dom0 {
  readonly run: (line: string, input?: Uint8Array) => Promise<string>;
  /** What a shell line says, as it says it; the returned function ends it. */
  readonly follow: (line: string, hear: (bytes: Uint8Array) => void) => () => void;
  readonly stop: () => Promise<void>;
}

/** Where this machine is for dom0 and its guests, and where dom0 is for them. */
export const addresses = { machine: '10.0.2.2', dom0: '10.0.2.10' } as const;

/**
 * The one model that was sound under emulation: with -cpu max dom0 dies at its first return to user mode, with
 * max,-smap its guests crash at random.
 */
const processor =
  'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,+svm,+npt,+nrip-save,+rdrand,+erms,+pdpe1gb,+fsgsbase,+bmi1,+bmi2,+smep,-smap';

/** Starts Xen and its dom0 from the images, which stay as they are; what it says goes to dom0.log in `logs`. */
export async function startDom0(images: string, logs: string, signal: AbortSignal): Promise<Dom0> {
  const port = await freePort();
  const drive = (name: string) => ['-drive', `file=${name}.img,format=raw,if=virtio,cache=unsafe,snapshot=on`];
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...['-M', 'q35', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', processor],
      ...['-m', '5120', '-smp', '2', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot'],
      ...['-kernel', 'dom0.xen', '-append'],
      'dom0_mem=1536M,max:1536M dom0_max_vcpus=2 com1=115200,8n1 console=com1 noreboot',
      ...['-initrd', 'vmlinuz root=/dev/vda rw console=hvc0 mitigations=off net.ifnames=0,initrd.img'],
      ...['dom0', 'srv', 'vdis'].flatMap(drive),
      ...['-netdev', `user,id=n0,hostfwd=tcp:127.0.0.1:${port}-${addresses.dom0}:22`],
      ...['-device', 'virtio-net-pci,netdev=n0'],
    ],
    { cwd: images, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: logs } },
  );
  for (const stream of [qemu.stdout, qemu.stderr]) {
    stream.on('data', (bytes: Buffer) => appendFileSync(join(logs, 'dom0.log'), bytes));
  }
  const dom0 = overSsh(qemu, [join(images, 'key'), join(logs, 'ssh'), String(port)]);
  signal.addEventListener('abort', () => qemu.kill('SIGKILL'), { once: true });
  for (;;) {
    signal.throwIfAborted();
    if (qemu.exitCode !== null) throw new Error(`qemu has ended: see ${join(logs, 'dom0.log')}`);
    const up = await dom0.run('systemctl is-active xen nfs-server && pidof xenconsoled && xl list').catch(() => null);
    if (up !== null) return dom0;
    await pause(3000, undefined, { signal });
  }
}

/** `where`: the key, a file for the shared connection, the port on this machine. */
export function overSsh(qemu: ChildProcess, where: readonly [key: string, control: string, port: string]): Dom0 {
  const [key, control, port] = where;
  const options = {
    ConnectTimeout: '20',
    ControlMaster: 'auto',
    ControlPath: control,
    // Its own process, or a command that is over would last as long as those that share its connection.
    ControlPersist: 'yes',
    LogLevel: 'ERROR',
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const ssh = (line: string) => spawn('ssh', ['-i', key, '-p', port, ...words, 'root@127.0.0.1', line]);
  return {
    run: (line, input) =>
      new Promise((resolve, reject) => {
        const child = ssh(line);
        const [out, err]: [Buffer[], Buffer[]] = [[], []];
        child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
        child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
        child.on('error', reject);
        // The far end may stop reading before it has all.
        child.stdin.on('error', () => {});
        child.stdin.end(input);
        child.on('close', (code) =>
          code === 0 ? resolve(String(Buffer.concat(out))) : reject(new Error(`${line}\n${Buffer.concat(err)}`)),
        );
      }),
    follow(line, hear) {
      const child = ssh(line);
      child.stdout.on('data', hear);
      child.on('error', () => {});
      return () => child.kill();
    },
    async stop() {
      if (qemu.exitCode !== null || qemu.signalCode !== null) return;
      const ended = new Promise((resolve) => qemu.once('exit', resolve));
      qemu.kill('SIGKILL');
      await ended;
    },
  };
}
