import { shallowRef } from 'vue'

/** A text to be put back into the box of a room. */
export const rewrite = shallowRef<{ room: string; text: string } | null>(null)
