import { kindOf } from './kinds'

const LONGEST_SIDE = 2_560
const SMALL_ENOUGH = 1024 * 1024
const QUALITY = 0.85

/** A photo made small enough for a slow line; as it is where that gains nothing, or this browser cannot read it. */
export async function shrunk(file: File): Promise<File> {
    const kind = kindOf(file.name)
    if (!kind?.startsWith('image/')) return file
    if (kind !== 'image/heic' && file.size <= SMALL_ENOUGH) return file
    try {
        const blob = await redrawn(file)
        // Not every browser reads HEIC; where one does, JPEG is what every other one can show.
        if (blob && (kind === 'image/heic' || blob.size < file.size)) {
            return new File([blob], file.name.replace(/\.[^.]+$/, '.jpg'), { type: 'image/jpeg' })
        }
    } catch {
        // It goes as it is; the service takes it too.
    }
    return file
}

async function redrawn(file: File): Promise<Blob | null> {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    const pen = canvas.getContext('2d')
    if (!pen) return null
    // What is transparent would turn black.
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
}
