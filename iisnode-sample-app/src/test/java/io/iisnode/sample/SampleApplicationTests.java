package io.iisnode.sample;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.util.LinkedMultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as a browser sees it, with its Node.js applications.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, useMainMethod = UseMainMethod.ALWAYS,
		properties = "spring.test.webtestclient.timeout=30s")
@AutoConfigureWebTestClient
@TestInstance(Lifecycle.PER_CLASS)
class SampleApplicationTests {

	private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(/[^\"]*)\"");

	@Autowired
	private WebTestClient client;

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@MethodSource
	void everyLinkOfTheStartPageAnswers(String link) {
		this.client.get().uri(link).exchange().expectStatus().isOk();
	}

	List<String> everyLinkOfTheStartPageAnswers() throws Exception {
		String page = new ClassPathResource("static/index.html").getContentAsString(StandardCharsets.UTF_8);
		return LINK.matcher(page).results().map((MatchResult match) -> match.group(1)).distinct().toList();
	}

	@Test
	void startPageLinksToEverything() throws Exception {
		assertThat(everyLinkOfTheStartPageAnswers()).contains("/hello.js", "/api/", "/events/", "/pages/",
				"/greeting?name=you", "/actuator/iisnode");
		this.client.get()
			.uri("/")
			.accept(MediaType.TEXT_HTML)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((page) -> assertThat(page).contains("hosted by Spring&nbsp;Boot"));
	}

	@Test
	void controllerGreets() {
		this.client.get()
			.uri("/greeting?name=Ada")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.message")
			.isEqualTo("Hello, Ada, from Spring!");
	}

	@Test
	void scriptIsReachedByItsPath() {
		this.client.get()
			.uri("/hello.js/there?who=me")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((text) -> assertThat(text).startsWith("Hello from Node.js v").contains("/hello.js/there?who=me"));
	}

	@Test
	void processesOfTheApiTakeTurns() {
		List<Integer> pids = List.of(pid(), pid(), pid(), pid());
		assertThat(pids.get(0)).isNotEqualTo(pids.get(1)).isEqualTo(pids.get(2));
		assertThat(pids.get(1)).isEqualTo(pids.get(3));
	}

	@SuppressWarnings("unchecked")
	private int pid() {
		Map<String, Object> process = this.client.get()
			.uri("/api/process")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(Map.class)
			.returnResult()
			.getResponseBody();
		assertThat(process).containsKey("pid");
		return (int) process.get("pid");
	}

	@Test
	void apiPricesAnOrder() {
		order("Ada", 3).expectStatus().isCreated().expectBody().jsonPath("$.total").isEqualTo(29.7);
	}

	@Test
	void apiRefusesAnOrderThatIsNotValid() {
		order("", 0).expectStatus()
			.isEqualTo(422)
			.expectHeader()
			.contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.errors.customer")
			.exists()
			.jsonPath("$.errors['items[0].quantity']")
			.exists();
	}

	private WebTestClient.ResponseSpec order(String customer, int quantity) {
		Map<String, Object> order = Map.of("customer", customer, "items",
				List.of(Map.of("product", "santos", "quantity", quantity)));
		return this.client.post().uri("/api/orders").bodyValue(order).exchange();
	}

	@Test
	void apiHashesAnUpload() throws Exception {
		byte[] file = new byte[5_000_000];
		new Random(42).nextBytes(file);
		String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
		this.client.post()
			.uri("/api/uploads")
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.bodyValue(file)
			.exchange()
			.expectStatus()
			.isCreated()
			.expectBody()
			.jsonPath("$.size")
			.isEqualTo(file.length)
			.jsonPath("$.sha256")
			.isEqualTo(sha256);
	}

	@Test
	void eventsArriveOneByOne() {
		List<ServerSentEvent<Object>> clock = this.client.get()
			.uri("/events/stream")
			.accept(MediaType.TEXT_EVENT_STREAM)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(new ParameterizedTypeReference<ServerSentEvent<Object>>() {
			})
			.getResponseBody()
			.filter((event) -> "clock".equals(event.event()))
			.take(2)
			.collectList()
			.block(Duration.ofSeconds(30));
		assertThat(clock).extracting(ServerSentEvent::data)
			.hasSize(2)
			.allSatisfy(
					(data) -> assertThat(data).asInstanceOf(InstanceOfAssertFactories.MAP).containsKeys("time", "pid"));
	}

	@Test
	void messageIsSentToTheChat() {
		this.client.post()
			.uri("/events/messages")
			.bodyValue(Map.of("name", "Ada", "text", "Hello"))
			.exchange()
			.expectStatus()
			.isCreated();
	}

	@Test
	void pagesAreRenderedOnTheServer() {
		this.client.get()
			.uri("/pages/")
			.accept(MediaType.TEXT_HTML)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((page) -> assertThat(page).contains("<h1>Rendered on the server</h1>"));
	}

	@Test
	void formIsAcceptedFromItsOwnAddress() {
		form("http://localhost:" + this.port).expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((page) -> assertThat(page).contains("★★★☆☆"));
	}

	@Test
	void formIsRefusedFromAnotherAddress() {
		form("http://elsewhere.example").expectStatus().isForbidden();
	}

	private WebTestClient.ResponseSpec form(String origin) {
		LinkedMultiValueMap<String, String> form = new LinkedMultiValueMap<>();
		form.add("coffee", "Santos");
		form.add("stars", "3");
		return this.client.post()
			.uri("/pages/tasting")
			.accept(MediaType.TEXT_HTML)
			.header(HttpHeaders.ORIGIN, origin)
			.bodyValue(form)
			.exchange();
	}

	@ParameterizedTest
	@ValueSource(strings = { "api", "events", "pages" })
	void endpointTellsOfTheApplication(String name) {
		this.client.get()
			.uri("/actuator/iisnode/" + name)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.state")
			.isEqualTo("ACTIVE");
	}

	@Test
	void addressesThatAreNobodysAreNotFound() {
		this.client.get().uri("/nothing").exchange().expectStatus().isNotFound();
	}

}
