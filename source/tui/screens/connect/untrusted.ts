import { certificateFacts, type Fact, oldTlsWarning, reasonToAsk } from '../../../hosts/certificate.ts';
import type { View } from '../../kit/binding.ts';
import { blank, foreign, type Line, span, title, wrapped } from '../../kit/lines.ts';
import type { Size } from '../../kit/size.ts';
import type { ConnectScene } from './state.ts';

const compare = [
  'Compare the fingerprint with what the host says of itself, in dom0:',
  'openssl x509 -noout -fingerprint -sha256 -in /etc/xensource/xapi-ssl.pem',
];

/** What an unknown host shows, for whoever is to say whether it is the one. */
export function untrustedView({ own, shared }: ConnectScene, size: Size): View {
  const { offer } = own;
  if (offer === null) return { rows: [] };
  const { presented, legacyTls } = offer;
  return {
    rows: [
      title('Is this your host?'),
      ...wrapped(`${reasonToAsk(presented)} Nothing was sent.`, size.width),
      blank,
      ...certificateFacts(presented, shared.now).flatMap((fact) => factRows(fact, size)),
      blank,
      ...(legacyTls ? [...wrapped(oldTlsWarning(presented), size.width, 'warn')] : []),
      ...compare.flatMap((text) => wrapped(text, size.width, 'dim')),
      blank,
      ...wrapped('y trusts it from now on, by this certificate alone.', size.width, 'accent'),
    ],
  };
}

const labelWidth = 10;

/** A fingerprint that does not fit is broken in its middle. */
function factRows([label, value]: Fact, { width }: Size): Line[] {
  const room = width - labelWidth;
  const middle = (value.length + 1) / 2;
  const isLong = label === 'SHA-256' && value.length > room;
  const rows = wrapped(isLong ? `${value.slice(0, middle)} ${value.slice(middle)}` : value, room);
  return rows.map((row, index) => [
    span((index === 0 ? label : '').padEnd(labelWidth), 'dim'),
    ...row.map(({ text }) => foreign(text)),
  ]);
}
