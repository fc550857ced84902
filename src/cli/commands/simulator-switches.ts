import { SWITCHES, type SwitchDefinition } from '../../simulator/index.js';

/** Every switch of the twin with its default, its other positions and what they mean. */
export function switchList(): string {
  const switches: readonly (readonly [string, SwitchDefinition])[] = Object.entries(SWITCHES);
  return switches
    .map(([name, { default: position, values = [], says }]) => {
      const others = values.filter((value) => value !== position);
      return `${name} = ${position}${others.length === 0 ? '' : ` (or ${others.join(', ')})`}\n    ${says}`;
    })
    .join('\n');
}
