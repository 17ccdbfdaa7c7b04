/**
 * The transmission phase of the NBD protocol: requests, the rules that they must obey, and their
 * replies, simple or in chunks.
 */
@NullMarked
package dev.sluice.nbd.transmission;

import org.jspecify.annotations.NullMarked;
