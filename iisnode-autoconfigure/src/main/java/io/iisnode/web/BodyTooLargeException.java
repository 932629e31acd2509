package io.iisnode.web;

/**
 * The body of a request is longer than allowed.
 */
final class BodyTooLargeException extends RuntimeException {

	BodyTooLargeException(long limit) {
		super("The request body is longer than " + limit + " bytes (iisnode.max-request-body-size)", null, false,
				false);
	}

}
