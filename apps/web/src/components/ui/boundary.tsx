import { Component, type ComponentType, type ReactNode } from 'react'

interface Props {
  children: ReactNode
  /** In place of what failed. */
  fallback: ComponentType<{ error: unknown }>
}

/** What fails below takes nothing else of the page with it. React has boundaries as classes only. */
export class Boundary extends Component<Props, { failure: { error: unknown } | null }> {
  override state: { failure: { error: unknown } | null } = { failure: null }

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error } }
  }

  override render() {
    const { failure } = this.state
    const { children, fallback: Fallback } = this.props
    return failure === null ? children : <Fallback error={failure.error} />
  }
}
