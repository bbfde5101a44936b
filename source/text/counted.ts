/** "1 disk", "3 disks". */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
