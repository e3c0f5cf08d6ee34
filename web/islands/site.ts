/** The script of all pages: menus that close by Escape and by a click elsewhere, and times in the reader's time zone. Without it every page works, too. */
import './facts.ts'
import './field-counters.ts'
import './menus.ts'
import './preview-image.ts'
import './times.ts'
