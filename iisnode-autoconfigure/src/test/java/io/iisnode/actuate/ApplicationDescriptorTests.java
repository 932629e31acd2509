package io.iisnode.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.junit.jupiter.api.Test;
import org.skyscreamer.jsonassert.JSONAssert;
import org.skyscreamer.jsonassert.JSONCompareMode;
import tools.jackson.databind.json.JsonMapper;

import io.iisnode.application.ApplicationSnapshot;
import io.iisnode.application.FailedGeneration;
import io.iisnode.application.NodeApplicationState;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessSnapshot;
import io.iisnode.process.RapidFailSnapshot;
import io.iisnode.process.StartState;

class ApplicationDescriptorTests {

	/** As the actuator makes its own, which leaves nulls out. */
	private final JsonMapper mapper = JsonMapper.builder()
		.changeDefaultPropertyInclusion(
				(value) -> value.withValueInclusion(Include.NON_NULL).withContentInclusion(Include.NON_NULL))
		.build();

	@Test
	void hasTheFieldsOfTheContract() throws Exception {
		ApplicationSnapshot application = new ApplicationSnapshot("shop", "/srv/node/shop/server.js",
				NodeApplicationState.ACTIVE, 2, 3, 1024, 4, 5000000000L, 6, 1,
				new RapidFailSnapshot(StartState.SUSPENDED, 5, 5, Instant.parse("2026-02-03T04:05:07Z"), null),
				new FailedGeneration(3, Instant.parse("2026-02-03T04:05:06Z"), "No", "one\ntwo\n"), null,
				List.of(new ProcessSnapshot(4711, NodeProcessState.READY, 2, 1, 16, 99,
						Instant.parse("2026-02-03T04:05:06Z"), "/tmp/pipe", 50000000L, Duration.ofMillis(1750), 1.5, 1),
						new ProcessSnapshot(0, NodeProcessState.STARTING, 2, 0, 16, 0,
								Instant.parse("2026-02-03T04:05:06.789Z"), "/tmp/other", null, null, null, 0)));
		String json = this.mapper
			.writeValueAsString(new ApplicationsDescriptor(List.of(ApplicationDescriptor.of(application))));
		JSONAssert.assertEquals(
				"""
						{"applications":[{"name":"shop","script":"/srv/node/shop/server.js","state":"ACTIVE","generation":2,
						"pendingRequests":3,"maxPendingRequests":1024,"activeRequests":4,"totalRequests":5000000000,
						"rejectedRequests":6,"recycles":1,
						"rapidFail":{"state":"SUSPENDED","recentFailures":5,"limit":5,"nextTry":"2026-02-03T04:05:07Z"},
						"failedGeneration":{"generation":3,"at":"2026-02-03T04:05:06Z","message":"No","lastWords":["one","two"]},
						"processes":[
						{"pid":4711,"state":"READY","generation":2,"activeRequests":1,"maxConcurrentRequests":16,
						"totalRequests":99,"startedAt":"2026-02-03T04:05:06Z","pipe":"/tmp/pipe","memory":50000000,"cpuTime":1750,
						"eventLoopDelay":1.5,"upgradedRequests":1},
						{"pid":0,"state":"STARTING","generation":2,"activeRequests":0,"maxConcurrentRequests":16,
						"totalRequests":0,"startedAt":"2026-02-03T04:05:06.789Z","pipe":"/tmp/other","memory":null,"cpuTime":null,
						"eventLoopDelay":null,"upgradedRequests":0}]}]}""",
				json, JSONCompareMode.STRICT);
	}

}
