import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './tools.ts';

// Certificates as OpenSSL makes them, and what else of it serves them.

/** Lets OpenSSL speak what Debian's own settings forbid, as it did in 2010. */
const permissive = `openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = anything
[anything]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
`;

export interface Issued {
  /** PEM files; `both` has the key and the certificate. */
  readonly key: string;
  readonly certificate: string;
  readonly both: string;
  /** As openssl prints it. */
  readonly fingerprint: string;
}

export interface Wish {
  readonly bits?: number;
  readonly digest?: 'md5' | 'sha1' | 'sha256';
  /** subjectAltName; none as a host of 2010 has none. */
  readonly names?: string;
  /** YYYYMMDD. */
  readonly from?: string;
  readonly until?: string;
}

/** Makes certificates in a folder of its own. */
export class Workshop {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(folder: string) {
    this.folder = folder;
    const settings = join(folder, 'openssl.cnf');
    writeFileSync(settings, permissive);
    this.env = { OPENSSL_CONF: settings };
  }

  /** Signed by itself. */
  async selfSigned(name: string, { bits = 2048, digest = 'sha256', names }: Wish = {}): Promise<Issued> {
    const [key, certificate] = this.paths(name);
    const extension = names === undefined ? [] : ['-addext', `subjectAltName=${names}`];
    const made = ['-newkey', `rsa:${bits}`, '-nodes', '-keyout', key, '-out', certificate, `-${digest}`];
    await this.openssl(
      'req',
      '-x509',
      ...made,
      '-days',
      '9',
      '-subj',
      `/CN=${name}`,
      ...extension,
      ...this.request(),
    );
    return this.issued(name);
  }

  /** A CA that is ready to sign. */
  async authority(name: string): Promise<Issued> {
    const ca = await this.selfSigned(name);
    const home = join(this.folder, `${name}.ca`);
    mkdirSync(home);
    writeFileSync(join(home, 'index.txt'), '');
    writeFileSync(join(home, 'serial'), '01\n');
    writeFileSync(
      join(home, 'ca.cnf'),
      `[ca]
default_ca = own
[own]
new_certs_dir = ${home}
database = ${home}/index.txt
serial = ${home}/serial
default_md = sha256
policy = anything
unique_subject = no
copy_extensions = copy
[anything]
commonName = supplied
`,
    );
    return ca;
  }

  /** Signed by a CA that was made here. */
  async signed(name: string, ca: string, { names, from = '20200101', until = '20400101' }: Wish): Promise<Issued> {
    const [key, certificate] = this.paths(name);
    const wanted = join(this.folder, `${name}.csr`);
    const extension = names === undefined ? [] : ['-addext', `subjectAltName=${names}`];
    const subject = ['-subj', `/CN=${name}`, ...extension, ...this.request()];
    await this.openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', wanted, ...subject);
    const by = [
      '-config',
      join(this.folder, `${ca}.ca`, 'ca.cnf'),
      '-keyfile',
      this.paths(ca)[0],
      '-cert',
      this.paths(ca)[1],
    ];
    const dates = ['-startdate', `${from}000000Z`, '-enddate', `${until}000000Z`];
    await this.openssl('ca', '-batch', '-notext', ...by, ...dates, '-in', wanted, '-out', certificate);
    return this.issued(name);
  }

  private paths(name: string): [key: string, certificate: string] {
    return [join(this.folder, `${name}.key`), join(this.folder, `${name}.pem`)];
  }

  /** `req` wants a section of its own in a file of settings. */
  private request(): string[] {
    const file = join(this.folder, 'req.cnf');
    writeFileSync(file, '[req]\ndistinguished_name = name\n[name]\n');
    return ['-config', file];
  }

  private async issued(name: string): Promise<Issued> {
    const [key, certificate] = this.paths(name);
    const both = join(this.folder, `${name}.both`);
    writeFileSync(both, readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'));
    const told = await this.openssl('x509', '-noout', '-fingerprint', '-sha256', '-in', certificate);
    return { key, certificate, both, fingerprint: told.trim().replace(/^.*=/, '') };
  }

  private openssl(...args: string[]): Promise<string> {
    return must('openssl', args, { env: this.env });
  }
}
