import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { initrdImage } from './initrd-image.ts';
import { kernelImage } from './kernel-image.ts';
import { depotPackages, kernelVersion } from './packages.ts';

/** The prefix of the repository's URL: the page's own folder name. */
export const depotRoot = '/debian-custom';

const arches = ['i386', 'amd64'] as const;

/** Every file of the repository by its path below the root: netboot files, Release, Packages and the pool. */
export function depotFiles(suites: readonly string[] = ['lenny']): ReadonlyMap<string, Buffer> {
  const packages = depotPackages();
  const pool = packages.map(({ file, data }) => [`/pool/main/${file}`, data] as const);
  return new Map([...pool, ...suites.flatMap((suite) => [...suiteFiles(suite, packages)])]);
}

function suiteFiles(suite: string, packages: ReturnType<typeof depotPackages>): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const arch of arches) {
    const version = kernelVersion(arch);
    const folder = `/dists/${suite}/main/installer-${arch}/current/images/netboot/xen`;
    files.set(`${folder}/vmlinuz`, kernelImage({ arch, version }));
    files.set(`${folder}/initrd.gz`, initrdImage(version));
    const listed = packages.filter((one) => one.arch === arch);
    const index = listed.map(({ file, fields }) => `${fields}\nFilename: pool/main/${file}\n`).join('\n');
    files.set(`/dists/${suite}/main/binary-${arch}/Packages`, Buffer.from(index));
  }
  const indices = [...files].filter(([path]) => path.endsWith('/Packages'));
  const sums = indices.map(([path, data]) => {
    const sum = createHash('sha256').update(data).digest('hex');
    return ` ${sum} ${data.length} ${path.replace(`/dists/${suite}/`, '')}`;
  });
  files.set(`/dists/${suite}/Release`, Buffer.from(`${releaseHead(suite)}\nSHA256:\n${sums.join('\n')}\n`));
  return files;
}

const releaseHead = (suite: string): string => `Origin: xenfai simulator
Suite: ${suite}
Codename: ${suite}
Date: Mon, 15 Nov 2010 10:53:00 UTC
Architectures: amd64 i386
Components: main`;

/** Serves the files as a plain web server would: GET and HEAD, lengths, 404 for the rest. */
export function depotServer(suites?: readonly string[]): Server {
  const files = depotFiles(suites);
  return createServer((request, response) => {
    const path = pathOf(request.url ?? '/');
    const data = path.startsWith(depotRoot) ? files.get(path.slice(depotRoot.length)) : undefined;
    if (data === undefined) {
      const page = '<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n';
      response.writeHead(404, { 'Content-Type': 'text/html', 'Content-Length': page.length });
      response.end(page);
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': data.length,
      'Last-Modified': 'Mon, 15 Nov 2010 10:53:00 GMT',
    });
    response.end(request.method === 'HEAD' ? undefined : data);
  });
}

/** As web servers take it: dots resolved, slashes in a row taken for one, what cannot be decoded is nowhere. */
function pathOf(target: string): string {
  try {
    const url = new URL(target.startsWith('/') ? `http://depot${target}` : target);
    return decodeURIComponent(url.pathname).replace(/\/+/g, '/');
  } catch {
    return '';
  }
}
