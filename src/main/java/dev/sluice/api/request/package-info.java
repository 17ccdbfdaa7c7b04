/**
 * The bodies of requests: records that Jackson binds, and errors for all wrong fields. It must not
 * know the caller, or what is done with a body.
 */
@NullMarked
package dev.sluice.api.request;

import org.jspecify.annotations.NullMarked;
