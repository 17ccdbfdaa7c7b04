/**
 * {@code sluice streaming}: a server of one stream, built from the parts of the service, without
 * Spring's container. It must not know the REST API.
 */
@NullMarked
package dev.sluice.cli.streaming;

import org.jspecify.annotations.NullMarked;
