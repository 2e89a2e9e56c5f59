import type { Schemas } from '@/api'

/** A draft is the neutrals' alone, from when they talk until it is up for signing. */
const WRITING: Schemas['Status'][] = ['assigned', 'scheduled', 'in_mediation', 'suspended']
const WRITERS: Schemas['Part'][] = ['mediator', 'co_mediator', 'invited_lawyer']

export const mayDraft = ({ status, your_parts }: Schemas['DisputeView']) =>
    WRITING.includes(status) && your_parts.some((part) => WRITERS.includes(part))
