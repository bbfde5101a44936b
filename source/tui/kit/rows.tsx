import { isDeepStrictEqual } from 'node:util';
import { Box, Text } from 'ink';
import { memo } from 'react';
import { cutLine, type Line } from './lines.ts';
import type { Glyphs } from './theme.ts';

/** Prints rows, each cut to the width: nothing here can grow wider or taller than it is given. */
export function Rows({ rows, width, glyphs }: { rows: readonly Line[]; width: number; glyphs: Glyphs }) {
  return (
    <Box flexDirection="column" width={width}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Row key={index} row={cutLine(row, width, glyphs)} paints={glyphs.paints} />
      ))}
    </Box>
  );
}

/** A row that stays the same is not drawn again. */
const Row = memo(function Row({ row, paints }: { row: Line; paints: Glyphs['paints'] }) {
  if (row.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {row.map(({ text, tone = 'plain', bold = false, inverse = false }, index) => {
        const { faint = false, ...color } = paints[tone];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place in the row
          <Text key={index} bold={bold} inverse={inverse} dimColor={faint} {...color}>
            {text}
          </Text>
        );
      })}
    </Text>
  );
}, isDeepStrictEqual);
