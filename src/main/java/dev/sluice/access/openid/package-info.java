/**
 * Checks tokens that an OpenID provider has signed, with limits on how often and how long it is
 * asked. It must not know the configured tokens.
 */
@NullMarked
package dev.sluice.access.openid;

import org.jspecify.annotations.NullMarked;
