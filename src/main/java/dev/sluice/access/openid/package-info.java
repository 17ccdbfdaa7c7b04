/**
 * Checks tokens that an OpenID provider has signed, with limits on how often and how long it is
 * asked. It must know nothing of the configured tokens.
 */
@NullMarked
package dev.sluice.access.openid;

import org.jspecify.annotations.NullMarked;
