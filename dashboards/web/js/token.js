// SPDX-License-Identifier: GPL-2.0-only
/* token.js - ask a person for the token. */
import { setToken } from "./api.js";
import { byId } from "./dom.js";

/** askToken - Return: a promise of the token that was given; it is set. */
export function askToken()
{
	const dialog = byId("token-dialog"), input = byId("token");

	input.value = "";
	dialog.showModal();
	return new Promise((resolve) => {
		/* a form is never sent: the policy forbids it */
		byId("token-form").addEventListener("submit", (event) => {
			event.preventDefault();
			const token = input.value.trim();

			setToken(token);
			input.value = "";
			dialog.close();
			resolve(token);
		}, { once: true });
	});
}
