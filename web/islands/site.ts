/** The script of all pages. Without it every page works, too. */
import './facts.ts'
import './field-counters.ts'
import './actions.ts'
import './held.ts'
import './menus.ts'
import './preview-image.ts'
import './times.ts'
import './tips.ts'
