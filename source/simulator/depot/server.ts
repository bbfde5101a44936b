import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { initrdImage } from './initrd-image.ts';
import { kernelImage } from './kernel-image.ts';

/** The prefix of the repository's URL: the page's own folder name. */
export const depotRoot = '/debian-custom';

const kernels = [
  { release: 'lenny', arch: 'i386', version: '2.6.32-4-686-bigmem' },
  { release: 'lenny', arch: 'amd64', version: '2.6.32-4-amd64' },
] as const;

/** Every file of the repository by its path below the root: netboot files, Release and Packages. */
export function depotFiles(): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const { release, arch, version } of kernels) {
    const folder = `/dists/${release}/main/installer-${arch}/current/images/netboot/xen`;
    files.set(`${folder}/vmlinuz`, kernelImage({ arch, version }));
    files.set(`${folder}/initrd.gz`, initrdImage(version));
    files.set(`/dists/${release}/main/binary-${arch}/Packages`, packages(arch, version));
  }
  const indices = [...files].filter(([path]) => path.endsWith('/Packages'));
  const sums = indices.map(([path, data]) => {
    const sum = createHash('sha256').update(data).digest('hex');
    return ` ${sum} ${data.length} ${path.replace('/dists/lenny/', '')}`;
  });
  files.set('/dists/lenny/Release', Buffer.from(`${releaseHead}\nSHA256:\n${sums.join('\n')}\n`));
  return files;
}

const releaseHead = `Origin: xenfai simulator
Suite: lenny
Codename: lenny
Date: Mon, 15 Nov 2010 10:53:00 UTC
Architectures: amd64 i386
Components: main`;

function packages(arch: string, version: string): Buffer {
  const meta = `Package: linux-image-2.6-xen
Version: 2.6.32+0.xs226
Architecture: ${arch}
Depends: linux-image-${version}
Filename: pool/main/linux-image-2.6-xen_2.6.32+0.xs226_${arch}.deb
Size: 2048`;
  const kernel = `Package: linux-image-${version}
Version: 2.6.32-10.xs5.6.0.226
Architecture: ${arch}
Filename: pool/main/linux-image-${version}_2.6.32-10.xs5.6.0.226_${arch}.deb
Size: 4096`;
  const utilities = `Package: xe-guest-utilities
Version: 5.6.0-578
Architecture: ${arch}
Filename: pool/main/xe-guest-utilities_5.6.0-578_${arch}.deb
Size: 1024`;
  return Buffer.from(`${[meta, kernel, utilities].join('\n\n')}\n`);
}

/** Serves the files as a plain web server would: GET and HEAD, lengths, 404 for the rest. */
export function depotServer(): Server {
  const files = depotFiles();
  return createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://depot').pathname);
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
