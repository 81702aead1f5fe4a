import type { ReactNode } from 'react'

/** The form of a step; the page's "Next" submits it, and so does Enter. */
export const StepForm = ({ onSubmit, children }: { onSubmit: () => void; children?: ReactNode }) => (
  <form
    id="wizard-step"
    noValidate
    className="grid gap-5"
    onSubmit={(event) => {
      event.preventDefault()
      onSubmit()
    }}
  >
    {children}
  </form>
)
