package io.iisnode.compatibility;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The head of a response less what belongs to the connection or to the moment. A short
 * response that node sends in chunks may get a length on its way, so that is no part of
 * it either.
 *
 * @param fields header fields by lower-case name
 */
record Head(Map<String, List<String>> fields) {

	private static final Set<String> IGNORED = Set.of("connection", "keep-alive", "transfer-encoding", "content-length",
			"date");

	static Head of(HttpResponse<?> response) {
		Map<String, List<String>> fields = new TreeMap<>(response.headers().map());
		fields.keySet().removeIf(IGNORED::contains);
		return new Head(fields);
	}

	Set<String> names() {
		return this.fields.keySet();
	}

}
