/** The destinations: their registry and their contract. */
export { DestinationError } from './destination.ts'
export { destination, destinations, importFrom } from './registry.ts'
