/** The same texts in another language: nothing may be missing, nothing left over. */
export type Texts<Original> = { [Key in keyof Original]: Original[Key] extends string ? string : Texts<Original[Key]> }

/** Every text by its path, such as `rooms.send`. */
export type Paths<T> = {
    [Key in keyof T & string]: T[Key] extends string ? Key : `${Key}.${Paths<T[Key]>}`
}[keyof T & string]
