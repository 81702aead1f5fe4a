import { Component, type ReactNode } from 'react'

interface Props {
  children: ReactNode
  /** In place of what failed. `retry` renders it again. */
  fallback: (error: unknown, retry: () => void) => ReactNode
}

/** What fails below takes nothing else of the page with it. React has boundaries as classes only. */
export class Boundary extends Component<Props, { failure: { error: unknown } | null }> {
  override state: { failure: { error: unknown } | null } = { failure: null }

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error } }
  }

  override render() {
    const { failure } = this.state
    if (failure === null) return this.props.children
    return this.props.fallback(failure.error, () => this.setState({ failure: null }))
  }
}
