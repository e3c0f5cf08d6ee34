/** Shows how many characters are left. The server counts again, by the same rules. */
const area = document.querySelector<HTMLTextAreaElement>('.composer textarea')
area?.setAttribute('data-counted', '')
