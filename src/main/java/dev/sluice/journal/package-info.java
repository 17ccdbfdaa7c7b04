/**
 * What has to outlive the service: records on local disk, each there for certain before anybody is
 * told of it. It must not know what the records say, nor what an export is.
 */
@NullMarked
package dev.sluice.journal;

import org.jspecify.annotations.NullMarked;
