/** The script of all pages. Without it every page works, too. */
import './actions.ts'
import './held.ts'
import './menus.ts'
import './times.ts'
import './tips.ts'
