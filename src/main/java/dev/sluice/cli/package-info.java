/**
 * The command line: what is typed after the program's name, and a server of one stream without
 * Spring. It must not know the REST API, and nothing of the service knows it.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
