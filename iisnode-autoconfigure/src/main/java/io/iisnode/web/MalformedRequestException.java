package io.iisnode.web;

/**
 * A request that is given to no application because its end or its addressee is
 * uncertain.
 */
final class MalformedRequestException extends RuntimeException {

	MalformedRequestException(String fault) {
		// No stack trace: it tells nothing, and clients could have many made.
		super(fault, null, false, false);
	}

}
