// Packages that the tools ISO of XenServer brings and Debian has not.

/** The meta package of the page, which brings the kernel. */
export const metaPackage = 'linux-image-2.6-xen';

export const guestUtilities = 'xe-guest-utilities';

/** Lenny and Squeeze take the kernel of the tools ISO, as the page does; later kernels of Debian run as they are. */
export const takesToolsKernel = (release: string): boolean => release === 'lenny' || release === 'squeeze';
