/** The handshake phase of the NBD protocol: greeting, flags, options and their replies. */
@NullMarked
package dev.sluice.nbd.handshake;

import org.jspecify.annotations.NullMarked;
