export interface Typed {
  /** What was collected, which is then forgotten. */
  take(): string
  stop(): void
}

/**
 * Collects what is typed for a dialog that is still on its way, so that no letter is lost, reaches the page or runs a
 * shortcut. What is typed in a dialog is left alone.
 */
export function collectTyped(): Typed {
  let typed = ''
  const collect = (event: KeyboardEvent) => {
    const { key, target, altKey, ctrlKey, metaKey, isComposing } = event
    if (altKey || ctrlKey || metaKey || isComposing) return
    if (target instanceof Element && target.closest('[role=dialog]')) return
    if (key === 'Backspace') typed = typed.slice(0, -1)
    // The other keys have names.
    else if (/^.$/su.test(key)) typed += key
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  // Before the shortcuts hear of it.
  addEventListener('keydown', collect, { capture: true })
  return {
    take() {
      const taken = typed
      typed = ''
      return taken
    },
    stop: () => removeEventListener('keydown', collect, { capture: true }),
  }
}
