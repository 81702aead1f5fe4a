import type { KeyboardEvent } from 'react'

/** Enter saves and Shift+Enter begins a new line; an Enter that chooses a word of an input method does neither. */
export const isSave = ({ key, shiftKey, nativeEvent }: KeyboardEvent): boolean =>
  key === 'Enter' && !shiftKey && !nativeEvent.isComposing
