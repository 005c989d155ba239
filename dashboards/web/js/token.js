// SPDX-License-Identifier: GPL-2.0-only
/* token.js - ask a person for the token, where the server wants one. */
import { setToken } from "./api.js";
import { byId } from "./dom.js";

/** askToken - Return: a promise that is kept when one was given. */
export function askToken()
{
	const dialog = byId("token-dialog"), input = byId("token");

	input.value = "";
	dialog.showModal();
	return new Promise((resolve) => {
		/* a form is never sent: the policy forbids it */
		byId("token-form").addEventListener("submit", (event) => {
			event.preventDefault();
			setToken(input.value.trim());
			input.value = "";
			dialog.close();
			resolve();
		}, { once: true });
	});
}
