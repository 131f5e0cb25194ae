/** The name under which this package is published. Replace it by what the package does. */
export const packageName: string = "@millrace/doctor";
