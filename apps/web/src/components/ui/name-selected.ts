import type { RefObject } from 'react'

/**
 * Names the selected option of `list` to a screen reader: cmdk does it only for one that the keys moved to.
 *
 * @returns false where no option is selected
 */
export function nameSelected(field: RefObject<HTMLElement | null>, list: RefObject<HTMLElement | null>): boolean {
  const option = list.current?.querySelector('[cmdk-item][aria-selected=true]')
  if (!option) return false
  field.current?.setAttribute('aria-activedescendant', option.id)
  return true
}

/** The value of the first option that can be selected. */
export const firstOption = (list: RefObject<HTMLElement | null>): string | undefined =>
  list.current?.querySelector<HTMLElement>('[cmdk-item]:not([aria-disabled=true])')?.dataset.value
