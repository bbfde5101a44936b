/** eliloader's generations, by the years of its public history (xenserver/linux-guest-loader); 8.3 ships none. */
export type LoaderGeneration = 2010 | 2012 | 2014 | 2015 | 2016 | 'none';

export interface Row {
  readonly version: string;
  readonly codename: string;
  readonly api: readonly [major: number, minor: number];
  readonly loader: LoaderGeneration;
  readonly build: string;
  readonly date: string;
  readonly xen: string;
  readonly linux: string;
  /** From 6.1 on. */
  readonly platform?: string;
  readonly brand?: string;
  /** XCP-ng took 32-bit PV out of its Xen with an update of 8.2 (January 2022). */
  readonly pv32?: false;
}

/**
 * Code names and API versions: datamodel_types.ml. Xen, loader: history of both. Build numbers, dates, kernels and
 * platform versions are what such hosts show, as far as is known; nothing here depends on them.
 */
export const rows: Readonly<Record<string, Row>> = {
  '5.6.0': {
    version: '5.6.0',
    codename: 'midnight-ride',
    api: [1, 7],
    loader: 2010,
    build: '31188p',
    date: '2010-05-21',
    xen: '3.4.2',
    linux: '2.6.27.42-0.1.1.xs5.6.0.44.111158xen',
  },
  '5.6-fp1': {
    version: '5.6.100',
    codename: 'cowley',
    api: [1, 8],
    loader: 2010,
    build: '39265p',
    date: '2010-12-10',
    xen: '3.4.2',
    linux: '2.6.32.12-0.7.1.xs5.6.100.307.170586xen',
  },
  '6.0': {
    version: '6.0.0',
    codename: 'boston',
    api: [1, 9],
    loader: 2010,
    build: '50762p',
    date: '2011-09-27',
    xen: '4.1.1',
    linux: '2.6.32.12-0.7.1.xs6.0.0.529.170661xen',
  },
  '6.1': {
    version: '6.1.0',
    codename: 'tampa',
    api: [1, 10],
    loader: 2012,
    build: '59235p',
    date: '2012-09-07',
    xen: '4.1.3',
    linux: '2.6.32.43-0.4.1.xs1.6.10.734.170748xen',
    platform: '1.6.10',
  },
  '6.2': {
    version: '6.2.0',
    codename: 'clearwater',
    api: [2, 0],
    loader: 2012,
    build: '70446c',
    date: '2013-06-14',
    xen: '4.1.5',
    linux: '2.6.32.43-0.4.1.xs1.8.0.835.170778xen',
    platform: '1.8.0',
  },
  '6.5': {
    version: '6.5.0',
    codename: 'creedence',
    api: [2, 3],
    loader: 2014,
    build: '90233c',
    date: '2014-12-08',
    xen: '4.4.1',
    linux: '3.10.0+2',
    platform: '1.9.0',
  },
  '7.2': {
    version: '7.2.0',
    codename: 'falcon',
    api: [2, 7],
    loader: 2016,
    build: 'release/falcon/master/8',
    date: '2017-05-11',
    xen: '4.7.1',
    linux: '4.4.0+10',
    platform: '2.3.0',
  },
  '7.6': {
    version: '7.6.0',
    codename: 'lima',
    api: [2, 11],
    loader: 2016,
    build: 'release/lima/master/7',
    date: '2018-08-30',
    xen: '4.7.6',
    linux: '4.4.0+10',
    platform: '2.7.0',
  },
  '8.0': {
    version: '8.0.0',
    codename: 'naples',
    api: [2, 12],
    loader: 2016,
    build: 'release/naples/master/45',
    date: '2019-07-16',
    xen: '4.11.1',
    linux: '4.19.0+1',
    platform: '3.0.0',
    brand: 'XCP-ng',
  },
  '8.1': {
    version: '8.1.0',
    codename: 'quebec',
    api: [2, 14],
    loader: 2016,
    build: 'release/quebec/master/7',
    date: '2020-03-30',
    xen: '4.13.0',
    linux: '4.19.0+1',
    platform: '3.1.0',
    brand: 'XCP-ng',
  },
  '8.2': {
    version: '8.2.0',
    codename: 'stockholm',
    api: [2, 15],
    loader: 2016,
    build: 'release/stockholm/master/7',
    date: '2020-11-05',
    xen: '4.13.1',
    linux: '4.19.0+1',
    platform: '3.2.0',
    brand: 'XCP-ng',
  },
  // xapi 22.31, of which there are recordings; 8.3 was made of it, and has gone on since.
  '8.3': {
    version: '8.3.0',
    codename: '22.27.0',
    api: [2, 20],
    loader: 'none',
    pv32: false,
    build: 'cloud',
    date: '2022-11-18',
    xen: '4.17.0',
    linux: '4.19.0+1',
    platform: '3.4.0',
    brand: 'XCP-ng',
  },
};
