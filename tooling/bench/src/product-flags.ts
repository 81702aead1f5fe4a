/** The options of node in `pnpm start`: without them a process computes with other code, and holds other memory. */
export const PRODUCT_FLAGS = [
  '--liftoff-only',
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
  '--no-incremental-marking-task',
]
