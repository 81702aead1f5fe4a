/**
 * Collects into `typed` what is typed for a dialog that is still on its way, so that no letter is lost, reaches the
 * page or runs a shortcut. What is typed in a dialog is left alone. Gives what ends it.
 */
export function collectTyped(typed: { current: string }): () => void {
  const collect = (event: KeyboardEvent) => {
    const { key, target, altKey, ctrlKey, metaKey, isComposing } = event
    if (altKey || ctrlKey || metaKey || isComposing) return
    if (target instanceof Element && target.closest('[role=dialog]')) return
    if (key === 'Backspace') typed.current = typed.current.slice(0, -1)
    else if ([...key].length === 1) typed.current += key
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  // Before the shortcuts hear of it.
  addEventListener('keydown', collect, { capture: true })
  return () => removeEventListener('keydown', collect, { capture: true })
}
