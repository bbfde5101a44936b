import { Box } from 'ink';
import SelectInput from 'ink-select-input';
import { useMemo } from 'react';
import { span } from './lines.ts';
import type { Menu } from './menu.ts';
import { Rows } from './rows.tsx';
import type { Size } from './size.ts';
import type { Glyphs } from './theme.ts';

/**
 * A menu, drawn by ink-select-input and nothing more: it has no focus, so that no key is ever taken twice, and its
 * place comes from the state. A new key makes it take that place.
 */
export function MenuRows({ menu, size }: { menu: Menu; size: Size }) {
  const { width, height, glyphs } = size;
  const { indicator, item } = useMemo(() => partsOf(width, glyphs), [width, glyphs]);
  return (
    <Box flexDirection="column">
      <SelectInput
        key={`${menu.at} of ${menu.items.length}`}
        items={menu.items.map((entry) => ({ ...entry, key: entry.value }))}
        initialIndex={menu.at}
        limit={Math.max(1, height)}
        isFocused={false}
        indicatorComponent={indicator}
        itemComponent={item}
      />
    </Box>
  );
}

/** Pointer and line as the theme wants them; both pass through rows, where foreign text is cleaned and cut. */
function partsOf(width: number, glyphs: Glyphs) {
  const room = glyphs.pointer.length + 1;
  return {
    indicator: ({ isSelected = false }: { isSelected?: boolean }) => (
      <Rows rows={[[span(isSelected ? glyphs.pointer : ' ', 'accent')]]} width={room} glyphs={glyphs} />
    ),
    item: ({ isSelected = false, label }: { isSelected?: boolean; label: string }) => (
      <Rows rows={[[span(label, isSelected ? 'accent' : 'plain')]]} width={width - room} glyphs={glyphs} />
    ),
  };
}
