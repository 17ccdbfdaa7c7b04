/**
 * The Linux calls that Sluice needs and Java lacks, through the Foreign Function and Memory API. It
 * must not know what they are used for: no NBD, no exports, no Spring.
 */
@NullMarked
package dev.sluice.posix;

import org.jspecify.annotations.NullMarked;
