import { Portal } from 'radix-ui'
import { DismissableLayer, Popper } from 'radix-ui/internal'
import { useEffect, useId } from 'react'

/** The sentence of `anchor`, which it describes while it is shown, or all of its text, beside it. */
export function TooltipPanel({ anchor }: { anchor: HTMLElement }) {
  const id = useId()
  const sentence = anchor.dataset.tooltip
  const text = sentence ?? anchor.textContent
  useEffect(() => {
    if (sentence === undefined || anchor.ariaLabel === sentence) return
    const before = anchor.getAttribute('aria-describedby')
    anchor.setAttribute('aria-describedby', before === null ? id : `${before} ${id}`)
    return () => {
      if (before === null) anchor.removeAttribute('aria-describedby')
      else anchor.setAttribute('aria-describedby', before)
    }
  }, [anchor, id, sentence])
  return (
    <Popper.Root>
      <Popper.Anchor virtualRef={{ current: anchor }} />
      {/* In the landmark of its anchor: somebody who jumps from landmark to landmark would miss it elsewhere. What is
          fixed stacks apart: without an order of its own, dialogs and the heads of tables would cover it. */}
      <Portal.Root container={anchor.closest<HTMLElement>('main, aside, header')} className="fixed z-50">
        {/* A dialog takes the pointer from what is outside, and closes when it is used there: this belongs to it. */}
        <DismissableLayer.Branch className="pointer-events-auto">
          <Popper.Content
            key={text}
            id={id}
            role="tooltip"
            side="top"
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-72 rounded-md wrap-anywhere bg-ink px-2.5 py-1.5 text-xs text-canvas shadow-float"
          >
            {text}
          </Popper.Content>
        </DismissableLayer.Branch>
      </Portal.Root>
    </Popper.Root>
  )
}
