/**
 * {@code sluice streaming}: a server of one stream, made of what the service is made of, without
 * Spring. It must not know the REST API.
 */
@NullMarked
package dev.sluice.cli.streaming;

import org.jspecify.annotations.NullMarked;
